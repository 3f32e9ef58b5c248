/**
 * The hub of mixed farms and load tests: method for method the twin of the recorded ASP.NET Core
 * server's, with the same options.
 */
@NullMarked
package io.sharedredis.farmhub;

import org.jspecify.annotations.NullMarked;
