/** Browser and multi-replica tests: a real farm, a real browser, real outages. */
@NullMarked
package io.sharedredis.e2e;

import org.jspecify.annotations.NullMarked;
