import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { JoinService } from './join.service.js';
import { NodeService } from './node.service.js';
import { SelectionService } from './selection.service.js';
import { SweepService } from './sweep.service.js';

type In<K extends 'join' | 'get' | 'list' | 'find' | 'reserve' | 'release'> = InputOf<(typeof nodePool)[K]>;
type Out<K extends 'nonce' | 'join' | 'get' | 'list' | 'find' | 'reserve' | 'release' | 'models' | 'sweep'> =
  Promise<OutputOf<(typeof nodePool)[K]>>;

/** What the other modules ask. */
@Controller()
export class NodePoolController {
  constructor(
    private readonly joins: JoinService,
    private readonly nodes: NodeService,
    private readonly sweeps: SweepService,
    private readonly selection: SelectionService,
  ) {}

  @Handles(nodePool.nonce)
  nonce(): Out<'nonce'> {
    return this.joins.nonce();
  }

  @Handles(nodePool.join)
  join(input: In<'join'>): Out<'join'> {
    return this.joins.join(input);
  }

  @Handles(nodePool.get)
  get({ nodeId }: In<'get'>): Out<'get'> {
    return this.nodes.get(nodeId);
  }

  @Handles(nodePool.list)
  list(input: In<'list'>): Out<'list'> {
    return this.nodes.list(input);
  }

  @Handles(nodePool.find)
  find(input: In<'find'>): Out<'find'> {
    return this.selection.find(input);
  }

  @Handles(nodePool.reserve)
  reserve(input: In<'reserve'>): Out<'reserve'> {
    return this.nodes.reserve(input);
  }

  @Handles(nodePool.release)
  release(input: In<'release'>): Out<'release'> {
    return this.nodes.release(input);
  }

  @Handles(nodePool.models)
  models(): Out<'models'> {
    return this.nodes.models();
  }

  @Handles(nodePool.sweep)
  sweep(): Out<'sweep'> {
    return this.sweeps.sweep();
  }
}
