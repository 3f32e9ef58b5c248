/** Root of the Spring side of the library; the parts lie in packages by feature. */
@NullMarked
package io.sharedredis.spring;

import org.jspecify.annotations.NullMarked;
