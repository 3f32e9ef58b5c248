/**
 * Fuzz targets for what strangers send and what others write into the store. In a normal build each
 * runs over its seeds; {@code .ci/proof fuzz} searches for new input.
 */
@NullMarked
package io.sharedredis.dataprotection.fuzz;

import org.jspecify.annotations.NullMarked;
