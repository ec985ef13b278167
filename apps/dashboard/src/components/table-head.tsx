import { Table } from '@mantine/core';

/** The head of a table; an empty title is that of a column of buttons. */
export const TableHead = ({ titles }: { titles: readonly string[] }) => (
  <Table.Thead>
    <Table.Tr>
      {titles.map((title) => (
        <Table.Th key={title}>{title || <span className="skip">Actions</span>}</Table.Th>
      ))}
    </Table.Tr>
  </Table.Thead>
);
