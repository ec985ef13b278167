export { type ClusterOptions, makeCluster, serverFlags } from './make-cluster.js';
export { type PostgresCommand, postgresCommand } from './postgres-command.js';
