/**
 * The {@code shared-redis} command line: key ring operations, protecting and unprotecting values,
 * and reading tickets, for operators and their scripts. See {@code docs/cli.md}.
 */
@NullMarked
package io.sharedredis.cli;

import org.jspecify.annotations.NullMarked;
