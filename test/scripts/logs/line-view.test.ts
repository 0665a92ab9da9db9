import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { lineView, type LineView, type NewLines } from '../../../scripts/logs/line-view.ts';

describe('lines on a terminal', () => {
  const { isTTY, columns } = process.stdout;
  let written: string[] = [];

  async function shown(act: (view: LineView) => Promise<void>): Promise<string> {
    written = [];
    Object.assign(process.stdout, { isTTY: true, columns: 40 });
    const write = mock.method(process.stdout, 'write', (text: string) => written.push(text) > 0);
    try {
      await act(lineView(false));
    } finally {
      write.mock.restore();
      Object.assign(process.stdout, { isTTY, columns });
    }
    return written.join('');
  }
  it('draw an unfinished line over itself, and its last state stays', async () => {
    const text = await shown(async (view) => {
      await view.show(given({ unfinished: '1%' }));
      await view.show(given({ unfinished: '1%' }));
      await view.show(given({ unfinished: '2%' }));
      await view.show(given({ lines: ['100%'], unfinished: '' }));
      await view.end(false);
    });
    assert.equal(text, '1%\r\u001b[K2%\r\u001b[K100%\n');
  });

  it('put what others print above the unfinished line', async () => {
    const text = await shown(async (view) => {
      await view.show(given({ isOneOfSeveral: true, unfinished: '1%' }));
      await view.show(given({ isOneOfSeveral: true, name: 'seed-1', lines: ['loss 1'] }));
      await view.end(false);
    });
    assert.equal(text, '[seed-0] 1%\r\u001b[K[seed-1] loss 1\n[seed-0] 1%\n');
  });

  it('cut an unfinished line to the width, since a wrapped one could not be drawn over', async () => {
    const text = await shown((view) => view.show(given({ unfinished: 'x'.repeat(100) })));
    assert.equal(text, `${'x'.repeat(38)}…`);
  });

  it('leave the cursor at the beginning of a line after Ctrl-C', async () => {
    assert.equal(await shown((view) => view.end(true)), '\n');
  });
});

function given(changes: Partial<NewLines>): NewLines {
  return { trial: 1, name: 'seed-0', isOneOfSeveral: false, lines: [], unfinished: '', ...changes };
}
