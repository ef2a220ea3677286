// A city's sign-in for the tests: the certified oidc-provider, on this machine, for one client.
// node provider.mjs ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI...
import { Provider } from 'oidc-provider';

const [issuer, clientId, clientSecret, ...redirectUris] = process.argv.slice(2);

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], profile: ['name'] },
  cookies: { keys: ['only for tests'] },
  // Whoever types a name is that person; the name is the subject.
  findAccount: (_context, subject) => ({
    accountId: subject,
    claims: async () => ({ sub: subject, name: `市民${subject}` }),
  }),
});
provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log('ready'));
