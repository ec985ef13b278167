#!/usr/bin/env node
/** Bundles every compiled program; part of `npm run build`. */
import { makeBundles } from './setup/bundles.mjs';

await makeBundles();
