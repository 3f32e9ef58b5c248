/** Logging in at a real Redis with tokens that a stand-in gives and Redis forgets. */
@NullMarked
package io.sharedredis.azure.redis;

import org.jspecify.annotations.NullMarked;
