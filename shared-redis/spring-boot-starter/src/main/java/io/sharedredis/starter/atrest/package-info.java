/** Certificates and secrets that guard the key ring in its store, by settings. */
@NullMarked
package io.sharedredis.starter.atrest;

import org.jspecify.annotations.NullMarked;
