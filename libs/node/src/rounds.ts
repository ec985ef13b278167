export { everydayText } from './round/everyday-text.js';
export { roundRequest, type RoundRequest } from './round/round-request.js';
export { SeededDraw } from './round/seeded-draw.js';
