import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { shortId, shortNode } from '../format.js';

const link = (to: string, text: string, title: string) => (
  <Anchor component={Link} to={to} size="sm" className="mono" title={title}>
    {text}
  </Anchor>
);

export const NodeLink = ({ nodeId }: { nodeId: string }) =>
  link(`/nodes/${nodeId}`, shortNode(nodeId), nodeId);
export const TaskLink = ({ taskId }: { taskId: string }) => link(`/tasks/${taskId}`, shortId(taskId), taskId);
export const SessionLink = ({ sessionId }: { sessionId: string }) =>
  link(`/sessions/${sessionId}`, shortId(sessionId), sessionId);
