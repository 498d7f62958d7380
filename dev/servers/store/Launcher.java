import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVStore;

/**
 * Runs mongo-java-server on one H2 file, for machines where no mongod can be had.
 *
 * <p>Arguments: the data folder, the port (0 picks a free one). It listens on 127.0.0.1 only, prints
 * "store ready on port N" when it can be connected to, and stops with everything written on SIGTERM or when its
 * standard input ends.
 *
 * <p>Four promises are added to the library's: an acknowledged write survives the kill of this process, nobody reads
 * half of a write, a filter that names a unique key is answered by it whatever else it asks for, and the declared wire
 * version is one that today's MongoDB drivers talk to.
 */
public final class Launcher {

    /** MongoDB 6.0 by its wire version: the least that a driver of 2026 accepts is 4.2 (wire version 8). */
    private static final class DeclaredVersion implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(6, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 17;
        }
    }

    /**
     * Commits before a writing command is answered; callers that wait together share one commit. Writes one command at
     * a time, and lets nobody see half of one: the library changes documents in place and hands them out by reference,
     * so that a reader could get a new version number beside old fields, and a compare-and-set on it lose an update.
     */
    private static final class DurableBackend extends H2Backend {

        private static final Set<String> WRITING = Set.of(
                "insert", "update", "delete", "findandmodify", "create", "createindexes", "dropindexes",
                "deleteindexes", "drop", "dropdatabase", "renamecollection", "aggregate", "mapreduce");

        /** Held exclusively by commands that write, shared by those that read and by the commit. */
        private final ReadWriteLock data = new ReentrantReadWriteLock(true);

        private final Object committing = new Object();
        private final AtomicLong executed = new AtomicLong();
        private long committed;

        DurableBackend(MVStore store) {
            super(store);
        }

        @Override
        protected MongoDatabase openOrCreateDatabase(String name) {
            return new KeyedDatabase(name, getMvStore(), getCursorRegistry());
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            if (!writes(message)) {
                return copyUnder(data.readLock(), message);
            }
            try {
                return copyUnder(data.writeLock(), message);
            } finally {
                commitUpTo(executed.incrementAndGet());
            }
        }

        /** The answer as a copy, made before anybody may change the documents in it. */
        private Document copyUnder(Lock lock, MongoMessage message) {
            lock.lock();
            try {
                return super.handleMessage(message).cloneDeeply();
            } finally {
                lock.unlock();
            }
        }

        private static boolean writes(MongoMessage message) {
            var command = message.getDocument().keySet().iterator().next();
            return WRITING.contains(command.toLowerCase(Locale.ROOT));
        }

        private void commitUpTo(long ticket) {
            synchronized (committing) {
                if (committed >= ticket) {
                    return;
                }
                data.readLock().lock();
                try {
                    committed = executed.get();
                    commit();
                } finally {
                    data.readLock().unlock();
                }
            }
        }

        /** Rewrites a little of the oldest, mostly dead part of the file, so that it doesn't grow for ever. */
        void tidy() {
            data.writeLock().lock();
            try {
                // Half full is good enough, and 1 MiB a round keeps writers waiting for milliseconds only.
                getMvStore().compact(50, 1024 * 1024);
            } finally {
                data.writeLock().unlock();
            }
        }
    }

    /** A database whose unique indexes, that of `_id` among them, answer more filters than the library's own. */
    private static final class KeyedDatabase extends H2Database {

        KeyedDatabase(String name, MVStore store, CursorRegistry cursors) {
            super(name, store, cursors);
        }

        @Override
        protected Index<Object> openOrCreateUniqueIndex(
                String collection, String name, List<IndexKey> keys, boolean sparse) {
            return new KeyedIndex(super.openOrCreateUniqueIndex(collection, name, keys, sparse), name, keys, sparse);
        }
    }

    /**
     * The library asks an index only when a filter names its keys and nothing else, and reads the whole collection
     * otherwise: each compare-and-set ({@code _id} and a version) took time in proportion to the collection. What the
     * index finds is matched against the whole filter afterwards, so it may be asked by its keys alone.
     */
    private static final class KeyedIndex extends Index<Object> {

        private final Index<Object> index;

        KeyedIndex(Index<Object> index, String name, List<IndexKey> keys, boolean sparse) {
            super(name, keys, sparse);
            this.index = index;
        }

        /** What a filter says of this index's keys. */
        private Document keysOf(Document filter) {
            var keys = new Document();
            for (String key : keys()) {
                if (filter.containsKey(key)) {
                    keys.put(key, filter.get(key));
                }
            }
            return keys;
        }

        @Override
        public boolean canHandle(Document filter) {
            return index.canHandle(keysOf(filter));
        }

        @Override
        public Iterable<Object> getPositions(Document filter) {
            return index.getPositions(keysOf(filter));
        }

        @Override
        public Object getPosition(Document document) {
            return index.getPosition(document);
        }

        @Override
        public void checkAdd(Document document, MongoCollection<Object> collection) {
            index.checkAdd(document, collection);
        }

        @Override
        public void add(Document document, Object position, MongoCollection<Object> collection) {
            index.add(document, position, collection);
        }

        @Override
        public Object remove(Document document) {
            return index.remove(document);
        }

        @Override
        public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
            index.checkUpdate(before, after, collection);
        }

        @Override
        public void updateInPlace(
                Document before, Document after, Object position, MongoCollection<Object> collection) {
            index.updateInPlace(before, after, position, collection);
        }

        @Override
        public long getCount() {
            return index.getCount();
        }

        @Override
        public long getDataSize() {
            return index.getDataSize();
        }

        @Override
        public boolean isUnique() {
            return index.isUnique();
        }

        @Override
        public void drop() {
            index.drop();
        }
    }

    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[0]);
        var port = Integer.parseInt(arguments[1]);
        Files.createDirectories(folder);

        // No commits of its own accord: they could hold half a command. 1 s of retention is enough on one machine:
        // it protects against reordered writes at a power failure, and each second of it costs file space.
        var store = new MVStore.Builder().fileName(folder.resolve("store.mv").toString()).autoCommitDisabled().open();
        store.setRetentionTime(1_000);
        var backend = new DurableBackend(store);
        backend.version(new DeclaredVersion());
        var server = new MongoServer(backend);
        server.bind("127.0.0.1", port);

        ScheduledExecutorService tidying = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "tidy");
            thread.setDaemon(true);
            return thread;
        });
        tidying.scheduleWithFixedDelay(backend::tidy, 1, 1, TimeUnit.SECONDS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            tidying.shutdownNow();
            server.shutdownNow();
        }, "stop"));

        System.out.println("store ready on port " + server.getLocalAddress().getPort());

        // Whoever started it holds the other end of its input: when that ends, even by a kill, so does the store.
        while (System.in.read() != -1) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    private Launcher() {}
}
