import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { IssuerConfig } from './config.ts';

/** The login of the support staff: a form, and its submission. */
export function loginRoutes(provider: Provider, staff: IssuerConfig['staff']): Router {
  const router = Router();
  router.get('/interaction/:uid', async (request, response) => {
    const interaction = await currentInteraction(provider, request, response);
    if (interaction === undefined) return;
    send(response, 200, form(interaction.uid));
  });
  router.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    const interaction = await currentInteraction(provider, request, response);
    if (interaction === undefined) return;
    const person = findPerson(staff, request.body);
    if (person === undefined) {
      send(response, 401, form(interaction.uid, 'Name or password is wrong. 用户名或密码不正确。'));
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: person.name } });
  });
  return router;
}

/** The login that the browser's cookie belongs to; answered here when there is none (any more). */
async function currentInteraction(provider: Provider, request: Request, response: Response) {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    send(response, 400, page('<p>This login has expired; begin again. 登录已过期，请重新开始。</p>'));
    return undefined;
  }
}

function findPerson(staff: IssuerConfig['staff'], body: unknown) {
  const { name, password } =
    typeof body === 'object' && body !== null ? { name: '', password: '', ...body } : {};
  if (typeof name !== 'string' || typeof password !== 'string') return undefined;
  return staff.find((person) => person.name === name && sameText(person.password, password));
}

/** Compares without telling by the time it takes where the first difference is. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function send(response: Response, status: number, html: string): void {
  response
    .status(status)
    .set({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    })
    .type('html')
    .send(html);
}

function form(uid: string, message = ''): string {
  return page(`<form method="post" action="/interaction/${encodeURIComponent(uid)}">
  <h1>Linekeeper</h1>
  <p role="alert">${message}</p>
  <label>Name 用户名 <input name="name" autocomplete="username" required autofocus></label>
  <label>Password 密码 <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Log in 登录</button>
</form>`);
}

function page(content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Linekeeper: log in</title>
<style>body{font:16px system-ui;margin:10vh auto;max-width:20rem;padding:0 1rem}label{display:block;margin:.8rem 0}
input,button{font:inherit;width:100%;padding:.5rem;box-sizing:border-box}p[role=alert]{color:#a00}</style>
</head>
<body>${content}</body>
</html>
`;
}
