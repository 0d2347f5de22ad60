import type { Session } from '../accounts/sessions.js';
import { badInput, GatewayError } from '../support/gateway-error.js';
import { builder } from './builder.js';
import type { GatewayContext, SignedIn } from './context.js';

const TierEnum = builder.enumType('Tier', {
  description: 'What a caller may.',
  values: {
    ANONYMOUS: { description: 'Not signed in.' },
    AUTHENTICATED: { description: 'Signed in.' },
    PREMIUM: { description: 'Signed in, with higher limits.' },
    ADMIN: { description: 'Runs the gateway.' },
  } as const,
});

const SessionInfoType = builder.objectRef<Session>('SessionInfo').implement({
  description: 'A sign-in on one device.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Not the token.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was signed in.',
      resolve: ({ createdAt }) => createdAt,
    }),
    lastUsedAt: t.field({ type: 'DateTime', description: 'To the minute.', resolve: ({ lastUsedAt }) => lastUsedAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: '24 h after it was signed in.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'What the device called itself.' }),
    current: t.boolean({
      description: 'Whether it is the one that asks.',
      resolve: ({ id }, _, { viewer }) => viewer?.session.id === id,
    }),
  }),
});

type Viewer = Pick<SignedIn, 'id' | 'email' | 'tier'> & { readonly session: Session | null };

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who is signed in.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of the account.' }),
    email: t.exposeString('email', { description: 'In lower case.' }),
    tier: t.field({ type: TierEnum, description: 'What it may.', resolve: ({ tier }) => tier }),
    session: t.field({
      type: SessionInfoType,
      nullable: true,
      description: 'The session that asks.',
      resolve: ({ session }) => session,
    }),
  }),
});

interface SignIn {
  readonly token: string;
  readonly viewer: Viewer & { readonly session: Session };
}

const SessionType = builder.objectRef<SignIn>('Session').implement({
  description: 'A new session.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'Send it as Authorization: Bearer TOKEN. Shown once.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When to sign in again.',
      resolve: ({ viewer }) => viewer.session.expiresAt,
    }),
    viewer: t.field({ type: ViewerType, description: 'Who signed in.', resolve: ({ viewer }) => viewer }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    nullable: true,
    cache: 'never',
    description: 'Who is signed in; null without a token.',
    resolve: (_, __, { viewer }) => viewer ?? null,
  }),
);

builder.mutationField('login', (t) =>
  t.field({
    type: SessionType,
    description: 'Signs in for 24 h.',
    args: {
      email: t.arg.string({ required: true, description: 'Of the account, in any case.' }),
      password: t.arg.string({ required: true, description: 'At most 1000 characters.' }),
    },
    resolve: async (_, { email, password }, { database, userAgent }) => {
      // A hash of what nobody types would only cost time.
      if (password.length > 1_000) throw badInput('password', 'has at most 1000 characters', password.length);
      const { accounts, sessions } = await database();
      const account = await accounts.verifyPassword(email, password);
      const { token, session } = await sessions.create(account.id, userAgent);
      return { token, viewer: { ...account, session } };
    },
  }),
);

builder.mutationField('logout', (t) =>
  t.boolean({
    description: 'Ends the session of the token that is sent. False where there was none.',
    resolve: async (_, __, { database, viewer }) => {
      if (!viewer) return false;
      const { sessions } = await database();
      return sessions.delete(viewer.session.id);
    },
  }),
);

/** The viewer of a field that needs one; scopes have checked it before, so that here it only gets its type. */
export function requireViewer({ viewer }: GatewayContext): SignedIn {
  if (!viewer) throw new GatewayError('UNAUTHENTICATED', 'This needs a sign-in.');
  return viewer;
}
