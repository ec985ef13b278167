import { type AdminView, loginBody } from '@ganglion/contracts';
import { Body, Controller, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminCookieOf, setAdminCookie } from './admin-cookie.js';
import { AdminLogins, LOGIN_SECONDS } from './admin-login.service.js';
import { Public } from './auth.guard.js';
import { senderOf } from './callers.service.js';
import { InputPipe } from './input.pipe.js';
import { LoginLimitGuard } from './login-limit.guard.js';
import { requireOwnOrigin, requireOwnPage } from './own-page.js';

const keyToLogIn = new InputPipe(loginBody, 'the body');

/** An operator's browser logs in with an admin's key, and out. */
@Controller('admin')
@Public()
export class AdminController {
  constructor(private readonly logins: AdminLogins) {}

  @Post('login')
  @HttpCode(204)
  @UseGuards(LoginLimitGuard)
  async login(
    @Body(keyToLogIn) { key }: { key: string },
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireOwnOrigin(senderOf(request));
    this.keep(await this.logins.login(key.trim()), LOGIN_SECONDS, { request, reply });
  }

  @Post('logout')
  @HttpCode(204)
  logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    if (adminCookieOf(request.headers.cookie) !== undefined) requireOwnPage(senderOf(request));
    this.keep('', 0, { request, reply });
  }

  /** Whose browser this is, and until when. That nobody is signed in is no error: browsers ask with every page. */
  @Get('me')
  async me(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ admin: AdminView | null }> {
    void reply.header('cache-control', 'no-store');
    const found = await this.logins.find(request.headers.cookie);
    if (!found) return { admin: null };
    const { keyId, name } = found.caller;
    return { admin: { keyId, name, expiresAt: new Date(found.expiresAt).toISOString() } };
  }

  private keep(
    value: string,
    maxAgeSeconds: number,
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  ): void {
    const isSecure = request.protocol === 'https';
    void reply.header('set-cookie', setAdminCookie(value, { maxAgeSeconds, isSecure }));
    void reply.header('cache-control', 'no-store');
  }
}
