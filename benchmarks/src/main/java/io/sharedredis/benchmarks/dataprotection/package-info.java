/**
 * What protecting and unprotecting costs: beside the bare calls that the payload format demands,
 * beside other libraries, and what reading a large key ring takes.
 */
@NullMarked
package io.sharedredis.benchmarks.dataprotection;

import org.jspecify.annotations.NullMarked;
