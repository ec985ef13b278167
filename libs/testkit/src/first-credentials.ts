import type { DataFolder } from './data-folder.js';

/** What a network made for its first user, kept in its folder. */
export const firstCredentials = async (data: DataFolder): Promise<{ apiKey: string; joinToken: string }> => {
  const file = data.secrets('cli', 'credentials.json');
  const text = await data.secret('cli', 'credentials.json').catch(() => '{}');
  const { apiKey } = JSON.parse(text) as { apiKey?: string };
  if (!apiKey) throw new Error(`${file} holds no API key, and it was handed out before: put it back.`);
  return { apiKey, joinToken: await data.secret('miner', 'join-token') };
};
