/**
 * How benchmarks are run and compared: by turns within one JVM, in several JVMs, by processor time.
 */
@NullMarked
package io.sharedredis.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
