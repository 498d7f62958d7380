/**
 * The import rules of the house: which folder may know which.
 * `docs/architecture.md` explains them; this file holds them.
 */
const folders = {
  domain: [],
  platform: ['domain'],
  ports: ['domain', 'platform'],
  workflows: ['domain'],
  store: ['domain', 'platform'],
  carriers: ['domain', 'platform'],
  verdicts: ['domain', 'platform', 'store', 'carriers'],
  activities: ['domain', 'platform', 'ports', 'store', 'carriers', 'verdicts'],
  api: ['domain', 'platform', 'ports', 'store', 'carriers', 'verdicts', 'workflows'],
  worker: ['domain', 'platform', 'ports', 'store', 'carriers', 'verdicts', 'workflows', 'activities'],
  simulator: ['domain'],
};
const ours = [...Object.keys(folders), 'dev', 'bench', 'test', 'console'];

const folderRules = Object.entries(folders).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}`,
  from: { path: `^${folder}/` },
  to: { path: `^(${ours.filter((other) => other !== folder && !allowed.includes(other)).join('|')})/` },
}));

/** Workflows know activities by type alone: their code must never enter the bundle. */
folderRules.find((rule) => rule.name === 'workflows-imports').to.dependencyTypesNot = ['type-only'];

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'workflow-bundle-stays-small',
      severity: 'error',
      comment:
        'zod and mongoose in the workflow bundle cost about 1 MB per cached workflow, a list of passwords more',
      from: { path: '^(workflows|domain)/' },
      to: {
        path: '(^|/)node_modules/(zod|mongoose|express|pino|@zxcvbn-ts)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'product-runs-without-dev-packages',
      severity: 'error',
      comment: 'the images of api and worker are installed with --omit=dev',
      from: { path: '^(domain|platform|ports|workflows|store|carriers|verdicts|activities|api|worker)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ has no I/O and no clock',
      from: { path: '^domain/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|build|coverage|\\.linekeeper)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
