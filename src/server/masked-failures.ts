import type { Plugin } from 'graphql-yoga';
import type { Mask } from './mask-error.js';
import type { RequestContext } from './request-context.js';

/** Masks what fails outside of any operation, in Yoga itself or in a plugin: Yoga would answer with the stack. */
export function useMaskedFailures(mask: Mask): Plugin<RequestContext> {
  return {
    onRequest(handling) {
      const { requestHandler, fetchAPI } = handling;
      handling.setRequestHandler(async (request, context) => {
        try {
          return await requestHandler(request, context);
        } catch (error) {
          const { code, message, details } = mask(error);
          const body = JSON.stringify({ errors: [{ message, extensions: { code, ...details } }] });
          return new fetchAPI.Response(body, {
            status: 500,
            headers: { 'Content-Type': 'application/json; charset=utf-8' },
          });
        }
      });
    },
  };
}
