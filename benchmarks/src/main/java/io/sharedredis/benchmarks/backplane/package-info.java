/**
 * What the backplane costs, beside bare Lettuce, beside the same hub without Redis and beside its
 * peers. Servers, Redis and broker run in processes of their own; the load comes from this one.
 */
@NullMarked
package io.sharedredis.benchmarks.backplane;

import org.jspecify.annotations.NullMarked;
