/** The protocol endpoints on Spring Security's authorization server, and what their tokens say. */
@NullMarked
package io.sharedredis.identity.oidc;

import org.jspecify.annotations.NullMarked;
