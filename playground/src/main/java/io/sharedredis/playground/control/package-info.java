/** How a second command reaches the farm that runs: a loopback endpoint behind a secret token. */
@NullMarked
package io.sharedredis.playground.control;

import org.jspecify.annotations.NullMarked;
