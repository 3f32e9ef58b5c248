/** What every answer has in common: problem details, security headers, the page itself. */
@NullMarked
package io.sharedredis.webspa.web;

import org.jspecify.annotations.NullMarked;
