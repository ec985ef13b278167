import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  /** A track of CSS grid, such as `minmax(120px, 1fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** Also on a narrow screen. */
  readonly isNarrow?: boolean;
  readonly render: (row: Row) => ReactNode;
}

interface Sort {
  readonly key: string;
  readonly isDescending: boolean;
}

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly sort?: Sort;
  /** Keys of the columns that can be sorted by. */
  readonly sortKeys?: readonly string[];
  readonly onSort?: (sort: Sort) => void;
  /** Called when the last rows are in sight: there may be more. */
  readonly onEnd?: (() => void) | undefined;
  readonly rowHeight?: number;
}

const GAP = 12;
/** Of all tracks and gaps, in pixels: all rows must be equally wide, or their cells would not stand in columns. */
const leastWidth = (columns: readonly { width: string }[]): number =>
  columns.reduce((sum, { width }) => sum + Number(/\d+/.exec(width)?.[0] ?? 0) + GAP, GAP);

const NARROW = '(max-width: 48em)';

/** A table of any length: only the rows in sight are in the page. */
export const VirtualTable = <Row,>(props: VirtualTableProps<Row>) => {
  const { label, rows, idOf, sort, sortKeys, onSort, onEnd, rowHeight = 40 } = props;
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const columns = isNarrow ? props.columns.filter((column) => column.isNarrow) : props.columns;
  const tracks = {
    gridTemplateColumns: columns.map(({ width }) => width).join(' '),
    minWidth: leastWidth(columns),
  };
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastSeen >= rows.length - 5) onEnd?.();
  }, [lastSeen, rows.length, onEnd]);

  return (
    <div
      className="table"
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      ref={scroller}
      tabIndex={0}
    >
      <div role="rowgroup" className="table-rowgroup">
        <div className="table-head" role="row" aria-rowindex={1} style={tracks}>
          {columns.map((column) => (
            <Head
              key={column.key}
              column={column}
              sort={sort}
              onSort={sortKeys?.includes(column.key) ? onSort : undefined}
            />
          ))}
        </div>
      </div>
      <div
        className="table-body"
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth: tracks.minWidth }}
      >
        {items.map(({ index, start }) => {
          const row = rows[index]!;
          return (
            <div
              key={idOf(row)}
              className="table-row"
              role="row"
              aria-rowindex={index + 2}
              style={{ ...tracks, height: rowHeight, transform: `translateY(${start}px)` }}
            >
              {columns.map(({ key, isNumber, render }) => (
                <div key={key} role="cell" className={isNumber ? 'cell cell-number' : 'cell'}>
                  {render(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
};

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

const Head = <Row,>({ column, sort, onSort }: HeadProps<Row>) => {
  const { key, label, isNumber } = column;
  const isSorted = sort?.key === key;
  const direction = sort?.isDescending ? 'descending' : 'ascending';
  const turn = () => onSort?.({ key, isDescending: isSorted ? !sort.isDescending : Boolean(isNumber) });
  return (
    <div
      role="columnheader"
      className={isNumber ? 'cell cell-number' : 'cell'}
      aria-sort={isSorted ? direction : undefined}
    >
      {onSort ? (
        <button type="button" className="sort" onClick={turn}>
          {label}
          <span aria-hidden>{isSorted ? (sort.isDescending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ) : (
        label
      )}
    </div>
  );
};
