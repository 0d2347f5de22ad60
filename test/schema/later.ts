/**
 * What CONTRACT.md's schema has and ours has not yet, by the work that brings it. A whole type stands by its name, without its fields.
 * Whoever adds one takes its name away here: schema.test.ts fails until then.
 */
export const LATER: Readonly<Record<string, string>> = {
  portfolio: `Query.holdings Query.positions Query.account Query.portfolio
    Holding Holdings Totals Position Positions Account Allocation Risk Portfolio`,
  orders: `Query.orders Mutation.placeOrder Mutation.cancelOrder
    Order OrderConnection OrderEdge OrderSide OrderStatus OrderType PlaceOrderInput`,
  settings: 'Query.settings Mutation.updateSettings Settings SettingsInput',
  sessions: 'Query.sessions Mutation.revokeSession',
  audit: 'Query.auditLog AuditConnection AuditEdge AuditEntry',
  subscriptions: 'Subscription.priceUpdated Subscription.signalRaised Subscription.orderUpdated',
};
