/**
 * Whether a URL's host name (as `URL` normalises it) can't leave this machine: 127.0.0.0/8, ::1 (RFC 6890 §2.2) and
 * `localhost` (RFC 6761 §6.3). Only there tokens and personal data may travel over plain http.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
