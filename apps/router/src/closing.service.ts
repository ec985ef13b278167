import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Does this router end? Nest says so before it closes the server. */
@Injectable()
export class ClosingService implements OnModuleDestroy {
  #isClosing = false;

  get isClosing(): boolean {
    return this.#isClosing;
  }

  onModuleDestroy(): void {
    this.#isClosing = true;
  }
}
