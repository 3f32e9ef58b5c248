/** Who is calling: server-side sign-in with a session, or a bearer token. */
@NullMarked
package io.sharedredis.webspa.login;

import org.jspecify.annotations.NullMarked;
