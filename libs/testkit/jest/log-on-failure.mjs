import NodeEnvironment from 'jest-environment-node';

export default class LogOnFailure extends NodeEnvironment.TestEnvironment {}
