// The words of the decision table editor. What the library asks for and is not here stays English; the browser test
// looks for such words on the page.

const words = {
  // the table
  'When': '当', 'And': '且', 'Then': '则', 'Annotations': '说明', 'Annotation': '说明',
  'Decision name': '决策表名称', 'Decision name: ': '决策表名称：',
  'Hit policy': '命中策略', 'Hit policy:': '命中策略：', 'View DRD': '查看决策关系图',
  'Input': '输入', 'Output': '输出', 'Edit': '修改', 'Resize': '拖动改变列宽',
  'Edit input': '修改输入列', 'Edit output': '修改输出列',
  'Input label': '输入列名称', 'Input label: ': '输入列名称：',
  'Output label': '输出列名称', 'Output label: ': '输出列名称：',
  'Input expression': '输入表达式', 'Input expression: ': '输入表达式：',
  'Output name': '变量名', 'Output name: ': '变量名：',
  'Input values': '允许的值', 'Output values': '允许的值', 'Input type': '输入的类型', 'Output type': '输出的类型',
  'Expression': '表达式', 'Enter expression': '写表达式',
  'Expression language': '表达式语言', 'Expression language: {expressionLanguageLabel}': '表达式语言：{expressionLanguageLabel}',
  'Editing not supported for set expression language': '只能修改 FEEL 表达式',
  // rows and columns
  'Add rule': '加一条规则', 'Add input': '加一个输入列', 'Add output': '加一个输出列',
  'Move rule': '拖动移动规则', 'Copy rule': '复制规则', 'Cut rule': '剪切规则', 'Remove rule': '删去规则',
  'Paste rule above': '粘贴到上面', 'Paste rule below': '粘贴到下面',
  'Add rule above': '在上面加一条规则', 'Add rule below': '在下面加一条规则',
  'Copy input column': '复制输入列', 'Cut input column': '剪切输入列', 'Remove input column': '删去输入列',
  'Paste input column left': '粘贴输入列到左边', 'Paste input column right': '粘贴输入列到右边',
  'Add input column left': '在左边加一个输入列', 'Add input column right': '在右边加一个输入列',
  'Copy output column': '复制输出列', 'Cut output column': '剪切输出列', 'Remove output column': '删去输出列',
  'Paste output column left': '粘贴输出列到左边', 'Paste output column right': '粘贴输出列到右边',
  'Add output column left': '在左边加一个输出列', 'Add output column right': '在右边加一个输出列',
  'Add cell description': '给这一格加备注', 'Remove cell description': '去掉这一格的备注',
  // hit policies
  'Unique': '唯一（U）', 'First': '首个（F）', 'Priority': '优先（P）', 'Any': '任一（A）', 'Collect': '收集（C）',
  'Collect (Sum)': '收集求和（C+）', 'Collect (Min)': '收集取最小（C<）', 'Collect (Max)': '收集取最大（C>）',
  'Collect (Count)': '收集计数（C#）', 'Rule order': '按规则先后（R）', 'Output order': '按输出先后（O）',
  'No overlap is possible and all rules are disjoint. Only a single rule can be matched':
    '规则互不重叠，最多一条匹配',
  'Rules may overlap. The first matching rule will be chosen': '规则可以重叠，取最上面匹配的一条',
  'Rules may overlap. The one with the highest priority will be chosen': '规则可以重叠，取输出列允许值中排在最前的一条',
  'Rules may overlap. Their output have to match': '规则可以重叠，但结论必须相同',
  'Collects the values of all matching rules': '取全部匹配规则的结论',
  'Collects the values of all matching rules and sums up to a single value': '取全部匹配规则的结论之和',
  'Collects the values of all matching rules and uses the lowest value': '取全部匹配规则的结论中最小的',
  'Collects the values of all matching rules and uses the highest value': '取全部匹配规则的结论中最大的',
  'Collects the values of all matching rules and counts the number of them': '数出匹配的规则有几条',
  'Collects the values of all matching rules in rule order': '取全部匹配规则的结论，按规则先后排列',
  'Collects the values of all matching rules in decreasing output priority order':
    '取全部匹配规则的结论，按输出列允许值的先后排列',
  // types
  'Type': '类型', 'string': '文字', 'boolean': '是否', 'number': '数字', 'date': '日期', 'time': '时间',
  'dateTime': '日期和时间', 'dayTimeDuration': '天和时间的时长', 'yearMonthDuration': '年和月的时长',
  // values allowed
  'Predefined values': '允许的值', 'Add predefined values': '增加允许的值', 'Clear predefined values': '清空允许的值',
  'No values': '没有限定', 'Custom values': '其他值', 'Values': '值', 'Value': '值', 'Add values': '增加值',
  '"value"': '"值"', '"value", "value", ...': '"值", "值"', 'Strings must be in double quotes': '文字须写在英文双引号里',
  // editing single cells
  'Edit string': '修改文字', 'Edit boolean': '修改是否', 'Edit number': '修改数字', 'Set value': '改为',
  'String value': '文字', 'Boolean value': '是否', 'Yes': '是', 'No': '否',
  'Match one': '是其中之一', 'Match none': '不是其中任何一个',
  'Test type': '比较方式', 'Comparison': '比较', 'Range': '区间', 'Comparison operator': '比较符',
  'Equals': '等于', 'Less': '小于', 'Less or equals': '不大于', 'Greater': '大于', 'Greater or equals': '不小于',
  'Include': '含', 'Exclude': '不含', 'Start value': '起', 'End value': '止',
  'Range start operator': '起点是否包含', 'Range start value': '起点', 'Range end operator': '终点是否包含',
  'Range end value': '终点'
};

const missing = new Set();

/** The Chinese for a phrase of the library, its `{holes}` filled. */
export function translate(phrase, values = {}) {
  if (phrase && words[phrase] === undefined) missing.add(phrase);
  return (words[phrase] ?? phrase).replace(/{([^}]+)}/g, (hole, name) => values[name] ?? hole);
}

/** Phrases asked for that have no Chinese yet. */
export const untranslated = () => [ ...missing ];

export default { translate: [ 'value', translate ] };
