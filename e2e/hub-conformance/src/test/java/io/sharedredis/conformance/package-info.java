@NullMarked
package io.sharedredis.conformance;

import org.jspecify.annotations.NullMarked;
