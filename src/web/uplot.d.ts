/** The library as it is served from node_modules beside the pages' scripts, see src/http/dashboard.ts. */
export { default } from 'uplot'
