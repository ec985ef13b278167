import type { RoundState } from '@ganglion/contracts';
import type { NetworkAddress } from '@ganglion/testkit';
import type { Client } from 'pg';
import { connectAs } from './rows.fixture.js';

/** Of our advisory locks; nothing else on this server has any of this kind. */
const KIND = 0x686c64;

/** Whoever moves a round asks for a lock of the state it leaves: nobody waits unless somebody holds it. */
const INSTALL = `
CREATE OR REPLACE FUNCTION cognitive.wait_in_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state THEN
    PERFORM pg_advisory_xact_lock_shared(${KIND}, hashtext(OLD.state::text));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER wait_in_phase BEFORE UPDATE ON cognitive."Round"
  FOR EACH ROW EXECUTE FUNCTION cognitive.wait_in_phase();`;
const REMOVE = `
DROP TRIGGER IF EXISTS wait_in_phase ON cognitive."Round";
DROP FUNCTION IF EXISTS cognitive.wait_in_phase();`;

/** Keeps rounds in a phase for as long as one likes, as a slow database would. */
export class HeldPhases implements AsyncDisposable {
  private constructor(private readonly client: Client & AsyncDisposable) {}

  static async install(network: NetworkAddress): Promise<HeldPhases> {
    const client = await connectAs(network, 'superuser');
    await client.query(INSTALL);
    return new HeldPhases(client);
  }

  /** From now on no round leaves this state. */
  async hold(state: RoundState): Promise<void> {
    await this.client.query('SELECT pg_advisory_lock($1, hashtext($2))', [KIND, state]);
  }

  /** Every round goes on. */
  async release(): Promise<void> {
    await this.client.query('SELECT pg_advisory_unlock_all()');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    await this.client.query(REMOVE);
    await this.client.end();
  }
}
