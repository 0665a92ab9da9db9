import { collectLines, interleave, withPrefix, type LogKind, type LogWriter } from '../log-writer.ts';
import { createClock, type Clock } from '../parts/clock.ts';
import { falling } from '../parts/curves.ts';
import { anyFailure, outOfMemory } from '../parts/failures.ts';
import { pickProgram, type Program } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

const ranks = [0, 1, 2, 3, 4, 5, 6, 7];

/** `torchrun --tee 3`: eight processes whose lines are labelled and fall between each other's. */
export const torchrunTee: LogKind = {
  name: 'torchrun --tee',
  write(log, random) {
    const program = pickProgram(random);
    const clock = createClock('2024-06-11T10:12:13');
    writeLauncher(log, clock);
    const label = (rank: number): LogWriter => withPrefix(log, () => `[default${rank}]:`);
    const [warn] = pickWarnings(random, program, 1);
    writeInterleaved(log, random, (inner) => {
      inner.line(`initialised process group, world size 8`);
      warn?.(inner);
    });
    for (let step = 0; log.progress() < 1; step += 10) {
      const progress = log.progress();
      const order = ranks.toSorted(() => random.next() - 0.5);
      for (const rank of order) {
        const loss = log.truth.metric('loss', falling(progress, { from: 9.1, to: 2.2 }, random).toFixed(4));
        const norm = log.truth.metric('grad_norm', falling(progress, { from: 4, to: 0.6 }, random).toFixed(3));
        label(rank).line(
          `step=${step} loss=${loss} grad_norm=${norm} tokens/s=${random.integer(11000, 12999)} mem=${random.integer(60, 76)}.${random.integer(0, 9)}GiB`,
        );
      }
      if (step === 200)
        label(0).line(
          log.truth.needle(`rank 0 saved best checkpoint at step ${step} to ckpt/${random.hexadecimal(8)}.pt`),
        );
    }
    const failed = random.integer(0, 7);
    const raised = random.pick([outOfMemory, anyFailure])(random, program);
    writeTraceback(label(failed), raised);
    writeChildFailed(log, { clock, rank: failed, program, random });
  },
};

/** torchrun as it is by default, on every rank the same exception at once, and NCCL's own words below and above. */
export const torchrunNccl: LogKind = {
  name: 'torchrun with NCCL',
  write(log, random) {
    const program = pickProgram(random);
    const clock = createClock('2024-09-02T03:00:41');
    writeLauncher(log, clock);
    writeNcclNoise(log, random);
    const [warn] = pickWarnings(random, program, 1);
    for (const _ of ranks) warn?.(log);
    for (let step = 0; log.progress() < 1; step += 1) {
      const loss = log.truth.metric('train/loss', falling(log.progress(), { from: 7.4, to: 1.9 }, random).toFixed(5));
      log.line(
        `${clock.withMilliseconds()} INFO [trainer] step ${step} | train/loss ${loss} | lr ${log.truth.metric('lr', (3e-4 * (1 - 0.5 * log.progress())).toFixed(8))}`,
      );
      clock.advance(1.2);
      if (step % 500 === 499) writeNcclLine(log, random);
    }
    writeCrash(log, { random, program, clock });
  },
};

interface Crash {
  random: Random;
  program: Program;
  clock: Clock;
}

function writeCrash(log: LogWriter, { random, program, clock }: Crash): void {
  const isTimeout = random.chance(0.5);
  if (isTimeout) {
    writeInterleaved(log, random, (inner, rank) => {
      inner.line(
        `[rank${rank}]:[E${clock.glog().slice(0, 4)} ${clock.time()}.${random.integer(100000000, 999999999)} ProcessGroupNCCL.cpp:629] [Rank ${rank}] ` +
          `${log.truth.exception('Watchdog caught collective operation timeout: WorkNCCL(SeqNum=')}${20000 + random.integer(0, 3)}, OpType=ALLREDUCE, NumelIn=1048576, NumelOut=1048576, Timeout(ms)=600000) ran for ${600000 + random.integer(1, 99)} milliseconds before timing out.`,
      );
    });
    log.line(
      log.truth.needle(
        `[rank${random.integer(0, 7)}]: NCCL work is stuck in collective "${random.hexadecimal(5)}"; flight recorder dumped to /tmp/nccl_trace`,
      ),
    );
    return;
  }
  const raised = anyFailure(random, program);
  const lists = ranks.map((rank) =>
    collectLines(log, (inner) =>
      writeTraceback(
        withPrefix(inner, () => `[rank${rank}]: `),
        raised,
      ),
    ),
  );
  for (const line of interleave(lists, random)) log.line(line);
  writeChildFailed(log, { clock, rank: random.integer(0, 7), program, random });
}

function writeInterleaved(log: LogWriter, random: Random, write: (log: LogWriter, rank: number) => void): void {
  const lists = ranks.map((rank) => collectLines(log, (inner) => write(inner, rank)));
  for (const line of interleave(lists, random)) log.line(line);
}

function writeLauncher(log: LogWriter, clock: Clock): void {
  const head = `W${clock.glog()} 139983144306496 torch/distributed/run.py:779]`;
  log.line(`${head} \n${head} *****************************************`);
  log.line(
    `${head} ${log.truth.warning('Setting OMP_NUM_THREADS environment variable for each process to be 1 in default')}, to avoid your system being overloaded, please further tune the variable for optimal performance in your application as needed. `,
  );
  log.line(`${head} *****************************************`);
}

interface ChildFailure extends Crash {
  rank: number;
}

/** What torchrun says when a process has died, and its own traceback (`elastic/multiprocessing/errors`). */
function writeChildFailed(log: LogWriter, { clock, rank, program, random }: ChildFailure): void {
  const { truth } = log;
  const pid = random.integer(2000, 60000);
  for (const other of ranks.filter((each) => each !== rank)) {
    log.line(
      `W${clock.glog()} 139983144306496 torch/distributed/elastic/multiprocessing/api.py:858] ${truth.warning('Sending process')} ${pid - rank + other} closing signal SIGTERM`,
    );
  }
  log.line(
    `E${clock.glog()} 139983144306496 torch/distributed/elastic/multiprocessing/api.py:833] ${truth.needle(`failed (exitcode: 1) local_rank: ${rank} (pid: ${pid})`)} of binary: /usr/bin/python3`,
  );
  log.line(
    'Traceback (most recent call last):\n  File "/usr/local/bin/torchrun", line 8, in <module>\n    sys.exit(main())',
  );
  log.line(
    `  File "${program.packages}/torch/distributed/launcher/api.py", line 264, in launch_agent\n    raise ChildFailedError(`,
  );
  log.line(
    `${truth.exception('torch.distributed.elastic.multiprocessing.errors.ChildFailedError')}: \n${'='.repeat(60)}\n${program.script} FAILED\n${'-'.repeat(60)}\nFailures:\n  <NO_OTHER_FAILURES>\n${'-'.repeat(60)}`,
  );
  log.line(
    `Root Cause (first observed failure):\n[0]:\n  time      : ${clock.iso().replace('T', '_')}\n  host      : node-1.cluster\n  rank      : ${rank} (local_rank: ${rank})\n  exitcode  : 1 (pid: ${pid})`,
  );
  log.line(
    `  error_file: <N/A>\n  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html\n${'='.repeat(60)}`,
  );
}

function writeNcclNoise(log: LogWriter, random: Random): void {
  for (const rank of ranks) {
    const head = `node-1:${4100 + rank}:${4200 + rank} [${rank}] NCCL INFO`;
    log.line(
      `${head} NCCL_SOCKET_IFNAME set by environment to eth0\n${head} Bootstrap : Using eth0:10.0.0.${random.integer(2, 250)}<0>\n${head} cudaDriverVersion 12040`,
    );
    for (let channel = 0; channel < 6; channel += 1) {
      log.line(
        `${head} Channel ${String(channel).padStart(2, '0')}/0 : ${rank}[${rank}] -> ${(rank + 1) % 8}[${(rank + 1) % 8}] via P2P/CUMEM/read`,
      );
    }
    log.line(
      `${head} comm 0x${random.hexadecimal(12)} rank ${rank} nranks 8 cudaDev ${rank} nvmlDev ${rank} busId ${random.hexadecimal(5)} commId 0x${random.hexadecimal(16)} - Init COMPLETE`,
    );
  }
  log.line(
    `node-1:4103:4203 [3] ${random.pick(['misc/ibvwrap.cc:252', 'transport/net_ib.cc:111'])} ${log.truth.warning('NCCL WARN Call to ibv_reg_mr_iova2 failed with error')} Cannot allocate memory`,
  );
}

function writeNcclLine(log: LogWriter, random: Random): void {
  const rank = random.integer(0, 7);
  log.line(
    `node-1:${4100 + rank}:${4300 + rank} [${rank}] NCCL INFO ${log.truth.repeated('AllReduce: opCount')} ${random.hexadecimal(5)} sendbuff 0x${random.hexadecimal(12)} recvbuff 0x${random.hexadecimal(12)} count 1048576 datatype 7 op 0 root 0`,
  );
}
