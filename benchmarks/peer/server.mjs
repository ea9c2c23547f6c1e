// The same graph served by @neo4j/graphql on Apollo Server, on loopback; the settings come as JSON in PEER.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { GraphQLScalarType } from "graphql";
import neo4j from "neo4j-driver";

const { uri, user, password, database, port } = JSON.parse(process.env.PEER);

const typeDefs = `#graphql
scalar Moment
type Channel @node { id: ID! organizationId: String! name: String displayName: String status: String }
type CustomerGroup @node { id: ID! name: String }
type ContactLink @relationshipProperties { role: String position: String }
type Contact @node { id: ID! displayName: String email: String phone: String }
type CustomerUser @node { id: ID! displayName: String email: String }
type Product @node { id: ID! sku: String name: String }
type OrderItem @node {
  id: ID! quantity: Int unitPrice: String amount: BigInt
  product: [Product!]! @relationship(type: "OF_PRODUCT", direction: OUT)
}
type Order @node {
  id: ID! organizationId: String! number: String status: String placedAt: Moment total: BigInt
  items: [OrderItem!]! @relationship(type: "HAS_ITEM", direction: OUT)
}
type Opportunity @node { id: ID! name: String status: String budget: BigInt }
type Case @node { id: ID! subject: String status: String priority: String }
type Account @node {
  id: ID! organizationId: String! name: String kind: String
  lifetimeValue: BigInt @cypher(columnName: "value", statement: """
    RETURN reduce(sum = 0, part IN COLLECT { MATCH (this)<-[:BELONGS_TO]-(c:Customer) RETURN c.lifetimeValue } | sum + part)
      + reduce(sum = 0, part IN COLLECT {
          MATCH (this)<-[:OPPORTUNITY_OF]-(o:Opportunity) WHERE o.status = 'WON' RETURN coalesce(o.baseRevenue, 0)
        } | sum + part) AS value
  """)
  customers: [Customer!]! @relationship(type: "BELONGS_TO", direction: IN)
  contacts: [Contact!]! @relationship(type: "HAS_CONTACT", direction: OUT, properties: "ContactLink")
}
type OrderFigures { status: String month: String count: Int total: BigInt }
type Query {
  orderFigures(org: String!): [OrderFigures!]! @cypher(columnName: "figures", statement: """
    MATCH (o:Order {organizationId: $org})
    WITH o.status AS status, toString(date.truncate('month', o.placedAt)) AS month, count(*) AS count, sum(o.total) AS total
    RETURN {status: status, month: month, count: count, total: total} AS figures
  """)
}
type Customer @node
  @fulltext(indexes: [{ indexName: "search", queryName: "searchCustomers", fields: ["name", "email", "phone", "originId"] }]) {
  id: ID! organizationId: String! name: String displayName: String email: String phone: String originId: String
  status: String lifetimeValue: BigInt
  channel: [Channel!]! @relationship(type: "IN_CHANNEL", direction: OUT)
  group: [CustomerGroup!]! @relationship(type: "MEMBER_OF", direction: OUT)
  account: [Account!]! @relationship(type: "BELONGS_TO", direction: OUT)
  parent: [Customer!]! @relationship(type: "CHILD_OF", direction: OUT)
  children: [Customer!]! @relationship(type: "CHILD_OF", direction: IN)
  contacts: [Contact!]! @relationship(type: "HAS_CONTACT", direction: OUT, properties: "ContactLink")
  users: [CustomerUser!]! @relationship(type: "USER_OF", direction: IN)
  orders: [Order!]! @relationship(type: "PLACED", direction: OUT)
  opportunities: [Opportunity!]! @relationship(type: "OPPORTUNITY_OF", direction: IN)
  cases: [Case!]! @relationship(type: "CASE_OF", direction: IN)
}`;

// The library's own DateTime is formatted inside Cypher by APOC, a plugin that this Neo4j doesn't have.
const Moment = new GraphQLScalarType({ name: "Moment", serialize: (value) => value.toString() });

const driver = neo4j.driver(uri, neo4j.auth.basic(user, password));
const schema = await new Neo4jGraphQL({ typeDefs, resolvers: { Moment }, driver }).getSchema();
const server = new ApolloServer({ schema });
await startStandaloneServer(server, {
  listen: { port, host: "127.0.0.1" },
  context: async () => ({ sessionConfig: { database } }),
});
