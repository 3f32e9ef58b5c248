/** The session cookie and the bytes of a session in the distributed cache. */
@NullMarked
package io.sharedredis.dataprotection.aspnet.session;

import org.jspecify.annotations.NullMarked;
