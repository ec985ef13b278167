import type { Strategy, View } from './attack.fixture.js';
import { seeded } from '@ganglion/testkit/seeded';
import { attempt, DAY, probe, START, verdict } from './heard.fixture.js';
import type { NewEvent } from './ledger.store.js';
import { emptyLedger, enter, type Ledger } from './ledger.js';
import { allowanceFor, fifth, isOnProbation, NEWCOMER_UNTIL_TESTS } from './newcomers.fixture.js';
import { scoreOf, successRateOf } from './score.js';
import { readEvent } from './trial.js';

const HOUR = DAY / 24;
const HONEST = 24;
const ATTACKING = 6;
/** Tasks that one machine can answer in an hour, and how much of all capacity is asked for. */
const CAPACITY = 4;
const DEMAND = 0.8;
const TESTS_PER_DAY = 4;
/** Of wrong answers to users, those that an audit or a replica finds. */
const AUDITED = 0.05;
/** What happens to honest nodes too. */
const LOST = 0.005;
const PING_MISSED = 0.01;
const COMMIT_LATE = 0.002;
/**
 * How nodes are chosen for work: by a score as node-pool does, or by the plain share of successes; with a fifth of every
 * choice for newcomers, or without any share for them; or otherwise.
 */
export type Selection = 'random' | 'success-rate' | 'score' | 'score-fifth' | 'score-alone';

interface Member {
  readonly machine: number;
  readonly isHonest: boolean;
  readonly joinedAt: number;
  ledger: Ledger;
  score: number;
  tests: number;
  caught: number;
  /** Was found wanting, and has not passed a test since: such a node is not given work. */
  isOut: boolean;
}

export interface Day {
  /** Means over the nodes that are there. */
  readonly honestScore: number;
  readonly attackerScore: number;
  readonly attackerLevel: number;
  /** Of the day's tasks, those that an attacker answered. */
  readonly share: number;
}

export interface Outcome {
  readonly days: readonly Day[];
  readonly tasks: number;
  /** Answered by attackers; their capacity is a fifth of all. */
  readonly attackerTasks: number;
  /** Wrong answers that reached a user, found afterwards or not. */
  readonly wrong: number;
  /** Identities that the attacker used up. */
  readonly identities: number;
  /** Over all identities at the end: 2^level − 1, the work that levels stand for. */
  readonly honestStanding: number;
  readonly attackerStanding: number;
}

export interface Run {
  readonly strategy: Strategy;
  readonly selection: Selection;
  readonly days: number;
  readonly seed: number;
}

/** A network of honest machines and those of one attacker, hour by hour, scored by the module's own steps. Pure. */
export class Fleet {
  readonly #random: () => number;
  #members: Member[] = [];
  #hour = 0;
  #identities = 0;
  #tasks = 0;
  #attackerTasks = 0;
  #wrong = 0;
  /** The hours at which nodes joined, also those that have left. */
  readonly #joins: number[] = [];

  constructor(private readonly run: Run) {
    this.#random = seeded(run.seed);
  }

  play(): Outcome {
    for (let machine = 0; machine < HONEST + ATTACKING; machine++) {
      const isHonest = machine < HONEST;
      for (let n = 0; n < (isHonest ? 1 : this.run.strategy.identities); n++) this.join(machine, isHonest);
    }
    const days: Day[] = [];
    for (let day = 0; day < this.run.days; day++) {
      const [tasks, attackerTasks] = [this.#tasks, this.#attackerTasks];
      for (let hour = 0; hour < 24; hour++) this.passHour();
      days.push(this.dayOf((this.#attackerTasks - attackerTasks) / (this.#tasks - tasks)));
    }
    return {
      days,
      tasks: this.#tasks,
      attackerTasks: this.#attackerTasks,
      wrong: this.#wrong,
      identities: this.#identities,
      honestStanding: this.standingOf(true),
      attackerStanding: this.standingOf(false),
    };
  }

  private join(machine: number, isHonest: boolean): void {
    if (!isHonest) this.#identities++;
    this.#joins.push(this.#hour);
    this.#members.push({
      machine,
      isHonest,
      joinedAt: this.#hour,
      ledger: emptyLedger,
      score: 0,
      tests: 0,
      caught: 0,
      isOut: true,
    });
  }

  private passHour(): void {
    for (const member of this.#members) {
      this.tell(member, probe(this.#random() < PING_MISSED ? null : 1, { at: this.now() }));
      if (member.isOut || this.#random() < TESTS_PER_DAY / 24) this.test(member);
    }
    for (const member of this.#members) member.score = this.rate(member);
    this.work();
    this.#hour++;
    for (const member of [...this.#members]) {
      if (member.isHonest || !this.run.strategy.leaves(this.viewOf(member))) continue;
      this.#members = this.#members.filter((other) => other !== member);
      this.join(member.machine, false);
    }
  }

  private test(member: Member): void {
    member.tests++;
    const isWrong = this.isLying(member);
    const failed = isWrong ? 'correctness' : this.#random() < COMMIT_LATE ? 'commit' : null;
    if (isWrong) member.caught++;
    member.isOut = failed !== null || this.isOnProbation(member);
    this.tell(member, verdict({ at: this.now(), failed }));
  }

  private work(): void {
    let open = Math.round((HONEST + ATTACKING) * CAPACITY * DEMAND);
    const left = new Map<number, number>();
    for (const member of this.ranked()) {
      const free = left.get(member.machine) ?? CAPACITY;
      const given = Math.min(free, open);
      left.set(member.machine, free - given);
      open -= given;
      for (let n = 0; n < given && !member.isOut; n++) this.answer(member);
    }
  }

  private answer(member: Member): void {
    this.#tasks++;
    if (!member.isHonest) this.#attackerTasks++;
    const isWrong = this.isLying(member);
    if (isWrong) this.#wrong++;
    const isFound = isWrong && this.#random() < AUDITED;
    if (isFound) [member.caught, member.isOut] = [member.caught + 1, true];
    const outcome = isFound ? 'rejected' : this.#random() < LOST ? 'lost' : 'accepted';
    this.tell(member, attempt(outcome, { at: this.now() }));
  }

  private isLying(member: Member): boolean {
    return !member.isHonest && this.#random() < this.run.strategy.lies(this.viewOf(member));
  }

  private tell(member: Member, { subject, payload }: Omit<NewEvent, 'eventId'>): void {
    const entry = { sequence: 0n, eventId: '', heard: readEvent(subject, payload) };
    member.ledger = enter(member.ledger, entry).ledger;
  }

  /** By what is known of them, with a random share of the places for newcomers. */
  private ranked(): Member[] {
    const mixed = this.#members.filter(({ isOut }) => !isOut);
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
    }
    if (this.run.selection === 'random') return mixed;
    const isNew = ({ tests }: Member): boolean =>
      this.run.selection !== 'score-alone' && tests < NEWCOMER_UNTIL_TESTS;
    const newcomers = mixed.filter(isNew);
    const known = mixed.filter((member) => !isNew(member)).sort((a, b) => b.score - a.score);
    const order: Member[] = [];
    const { share, places } = this.allowance(known.length);
    let left = places;
    while (newcomers.length > 0 && known.length > 0) {
      const isNewcomers = left > 0 && this.#random() < share;
      if (isNewcomers) left--;
      order.push((isNewcomers ? newcomers : known).shift()!);
    }
    return [...order, ...known, ...newcomers];
  }

  /** Does it treat newcomers as node-pool does? */
  private get isCareful(): boolean {
    return this.run.selection === 'score' || this.run.selection === 'success-rate';
  }

  private isOnProbation({ tests }: Member): boolean {
    const known = this.#members.filter((member) => member.tests >= NEWCOMER_UNTIL_TESTS);
    return this.isCareful && isOnProbation(tests, known.length);
  }

  private allowance(known: number): { share: number; places: number } {
    if (!this.isCareful) return fifth;
    const joinedLately = this.#joins.filter((hour) => hour > this.#hour - 24).length;
    return allowanceFor(known, joinedLately, (HONEST + ATTACKING) * DEMAND);
  }

  private rate({ ledger }: Member): number {
    return this.run.selection === 'success-rate' ? (successRateOf(ledger.stats) ?? 0) : scoreOf(ledger).score;
  }

  private viewOf({ joinedAt, ledger, score, tests, caught }: Member): View {
    const { level } = ledger.standing;
    return { hour: this.#hour, age: this.#hour - joinedAt, level, score, tests, caught };
  }

  private dayOf(share: number): Day {
    const mean = (isHonest: boolean, of: (member: Member) => number): number => {
      const some = this.#members.filter((member) => member.isHonest === isHonest);
      return some.reduce((sum, member) => sum + of(member), 0) / some.length;
    };
    return {
      honestScore: mean(true, ({ score }) => score),
      attackerScore: mean(false, ({ score }) => score),
      attackerLevel: mean(false, ({ ledger }) => ledger.standing.level),
      share,
    };
  }

  private standingOf(isHonest: boolean): number {
    const some = this.#members.filter((member) => member.isHonest === isHonest);
    return some.reduce((sum, { ledger }) => sum + 2 ** ledger.standing.level - 1, 0);
  }

  private now(): number {
    return START + this.#hour * HOUR;
  }
}
