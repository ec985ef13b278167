/** Of the one socket.io server that all namespaces share. */
export const socketOptions = {
  transports: ['websocket'] as ['websocket'],
  maxHttpBufferSize: 2 * 1024 * 1024,
};
