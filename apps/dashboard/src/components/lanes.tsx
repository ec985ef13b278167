import type { ReactNode } from 'react';
import { duration, stateName } from '../format.js';
import { type Course, placeOf, type Range, ticksOf } from '../lanes.js';
import { fillOf } from '../states.js';

export interface Lane {
  readonly id: string;
  readonly label: ReactNode;
  readonly name: string;
  readonly course: Course;
}

/** Several courses over one time: a lane each, its states as bars, with a mark where it came to rest. */
export const Lanes = ({ lanes, range, label }: { lanes: readonly Lane[]; range: Range; label: string }) => (
  <div className="lanes" role="list" aria-label={label} data-testid="lanes">
    <div className="lane" aria-hidden>
      <div />
      <div className="lane-axis">
        {ticksOf(range).map((tick) => (
          <span key={tick} style={{ left: `${placeOf(range.from + tick, range)}%` }}>
            {duration(tick)}
          </span>
        ))}
      </div>
    </div>
    {lanes.map(({ id, label: text, name, course }) => (
      <div className="lane" key={id} role="listitem" aria-label={name}>
        <div className="lane-label">{text}</div>
        <Track course={course} range={range} />
      </div>
    ))}
  </div>
);

const Track = ({ course: { spans, end }, range }: { course: Course; range: Range }) => (
  <div className="lane-track">
    {spans.map(({ state, from, to, reason }, index) => {
      const left = placeOf(from, range);
      const words = `${stateName(state)}, ${duration(to - from)}${reason ? `: ${reason}` : ''}`;
      return (
        <div
          key={index}
          className="lane-span"
          role="img"
          aria-label={words}
          title={words}
          data-state={state}
          style={{
            left: `${left}%`,
            width: `max(2px, ${placeOf(to, range) - left}%)`,
            background: fillOf(state),
          }}
        >
          <span aria-hidden>{stateName(state)}</span>
        </div>
      );
    })}
    {end && (
      <div
        className="lane-end"
        role="img"
        aria-label={stateName(end.state)}
        title={`${stateName(end.state)}${end.reason ? `: ${end.reason}` : ''}`}
        data-state={end.state}
        style={{ left: `${placeOf(end.at, range)}%`, background: fillOf(end.state) }}
      />
    )}
  </div>
);
