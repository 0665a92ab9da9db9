import colors from 'picocolors';

/**
 * The tests read what a pipe is given. A terminal, and on many CI systems the environment, would have colours written
 * into it. The variables are for the processes that a test starts; in this one mocha has loaded the module already.
 */
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
Object.assign(colors, colors.createColors(false));
