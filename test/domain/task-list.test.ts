import assert from 'node:assert/strict';
import { applyTaskUpdates, mostOpenTasks, mostTasks, newTasks, renderTasks } from '../../workflows/domain/task-list.ts';

describe('a task list', () => {
  it('begins with open tasks numbered from 1', () => {
    assert.deepEqual(newTasks(['Baseline', 'Wider']), [
      { id: 1, title: 'Baseline', status: 'open' },
      { id: 2, title: 'Wider', status: 'open' },
    ]);
  });

  it('changes the status of the task with the id, and of no other', () => {
    const tasks = applyTaskUpdates(newTasks(['one', 'two', 'three']), [{ id: 2, status: 'done' }]);
    assert.deepEqual(
      tasks.map(({ status }) => status),
      ['open', 'done', 'open'],
    );
  });

  it('ignores an update of an unknown id', () => {
    const tasks = newTasks(['one']);
    assert.deepEqual(applyTaskUpdates(tasks, [{ id: 99, status: 'done' }]), tasks);
  });

  it('never gives an id twice, whatever was done or dropped', () => {
    const tasks = applyTaskUpdates(newTasks(['one', 'two']), [
      { id: 2, status: 'dropped' },
      { add: 'three' },
      { id: 3, status: 'done' },
      { add: 'four' },
    ]);
    assert.deepEqual(
      tasks.map(({ id, title, status }) => [id, title, status]),
      [
        [1, 'one', 'open'],
        [2, 'two', 'dropped'],
        [3, 'three', 'done'],
        [4, 'four', 'open'],
      ],
    );
  });

  it('gives the first id to the first task of an empty list', () => {
    assert.deepEqual(applyTaskUpdates([], [{ add: 'one' }]), [{ id: 1, title: 'one', status: 'open' }]);
  });

  it('drops what is added beyond its limit of open tasks', () => {
    const additions = Array.from({ length: 12 }, (_, index) => ({ add: `added ${index}` }));
    const tasks = [1, 2, 3, 4].reduce((list) => applyTaskUpdates(list, additions), newTasks(['one']));
    assert.equal(tasks.length, mostOpenTasks);
  });

  it('takes a new task when all the others are closed, and forgets the oldest of them', () => {
    const closed = newTasks(Array.from({ length: mostTasks }, () => 'x')).map((task) => ({
      ...task,
      status: 'done' as const,
    }));
    const tasks = applyTaskUpdates(closed, [{ add: 'new' }]);
    assert.deepEqual(tasks.at(-1), { id: mostTasks + 1, title: 'new', status: 'open' });
    assert.equal(tasks.length, mostTasks);
    assert.equal(tasks[0]?.id, 2);
  });

  it('still changes tasks when it is full', () => {
    const full = newTasks(Array.from({ length: mostTasks }, (_, index) => `task ${index}`));
    assert.equal(applyTaskUpdates(full, [{ id: mostTasks, status: 'done' }]).at(-1)?.status, 'done');
  });

  it('leaves the list it was given as it is', () => {
    const tasks = newTasks(['one']);
    applyTaskUpdates(tasks, [{ id: 1, status: 'done' }, { add: 'two' }]);
    assert.deepEqual(tasks, newTasks(['one']));
  });

  it('is rendered as boxes with ids', () => {
    const tasks = applyTaskUpdates(newTasks(['one', 'two', 'three']), [
      { id: 2, status: 'done' },
      { id: 3, status: 'dropped' },
    ]);
    assert.equal(renderTasks(tasks), '- [ ] 1. one\n- [x] 2. two\n- [-] 3. three');
  });
});
