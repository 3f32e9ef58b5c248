/** People who can sign in, their profile and card data, and the counting of failed sign-ins. */
@NullMarked
package io.sharedredis.identity.accounts;

import org.jspecify.annotations.NullMarked;
