/** One province with one system that nobody answers at. */
export const registryText = `
provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    systems:
      - id: mobile-5g
        kind: mobile
        dialect: json-http
        baseUrl: http://127.0.0.1:9/carrier
        tokenUrl: http://127.0.0.1:9/token
        credentials: { clientId: linekeeper, clientSecret: { value: unused } }
        rateLimit: { perSecond: 1000, burst: 100 }
        capabilities: { joinDate: second, match: true }
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
`;
