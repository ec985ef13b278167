import { Ganglion } from '@ganglion/sdk';

/** The network whose router served this page; its cookie says who we are. */
export const ganglion = new Ganglion({ url: window.location.origin, withCookie: true });
