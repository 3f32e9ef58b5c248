/**
 * The pages a person sees: sign-in, account, signed out, error; and the security of those pages.
 */
@NullMarked
package io.sharedredis.identity.signin;

import org.jspecify.annotations.NullMarked;
