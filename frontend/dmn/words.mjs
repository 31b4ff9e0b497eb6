// What dmn-js says in English without asking for a translation, by the file that says it; swapped while bundling
// (frontend/chinese.mjs), and the build fails when a literal is no longer there.

export default {
  'node_modules/dmn-js-decision-table/lib/features/drag-and-drop/DragAndDrop.js': {
    "Move ${isInput(col) ? 'Input' : 'Output'}": "拖动移动${isInput(col) ? '输入列' : '输出列'}"
  },
  'node_modules/dmn-js-decision-table/lib/features/context-menu/ContextMenu.js': {
    'Decision table context menu': '决策表菜单'
  },
  'node_modules/dmn-js-shared/lib/components/List.js': { 'Remove item': '去掉这一项' },
  'node_modules/dmn-js-shared/lib/util/PoweredByUtil.js': {
    'title="Powered by bpmn.io" ': 'title="由 bpmn.io 提供" ',
    'Web-based tooling for BPMN, DMN and CMMN diagrams ': '流程图、决策表的网页编辑工具，',
    'powered by <a href="https://bpmn.io" target="_blank" rel="noopener">bpmn.io</a>.':
      '由 <a href="https://bpmn.io" target="_blank" rel="noopener">bpmn.io</a> 提供。'
  }
};
