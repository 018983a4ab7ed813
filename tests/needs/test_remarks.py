"""What a careful reader hears in short remarks; each sentence invented by hand."""

from __future__ import annotations

from cjm_research.needs.sentiment import sentence_tones

BAD = {
    "ru": """
        нельзя назвать это удачной покупкой
        нет ничего хорошего
        ничего хорошего сказать не могу
        не без проблем
        Проблемы были
        никогда больше
        больше не закажу
        не рекомендую
        не советую никому
        не понравилось только одно: долгая доставка
        хуже не бывает
        хуже некуда
        могло быть и лучше
        Так себе
        Ожидал большего
        не оправдал ожиданий
        оставляет желать лучшего
        не устраивает цена
        цена кусается
        дорого
        очень дорого и долго
        никто не отвечает
        не дозвониться
        невозможно дозвониться
        деньги не вернули
        курьер не приехал
        сломался через неделю
        товар пришёл битый
        коробка помята
        не хватает размеров
        нет моего размера
        отсутствует упаковка
        пожалела, что купила
        ошиблись с заказом
        жду уже вторую неделю
        нахамили
        обманули
        сайт зависает
        приложение вылетает
        не грузится
        не сказал бы, что удобно
        не скажу, что доволен
        трудно назвать хорошим
        совсем не удобно
        совершенно не вежливый персонал
        персонал не самый вежливый
        Отвратительно!!!
        минус один балл за упаковку
        возврат не принимают
        навязали страховку
    """,
    "en": """
        not good
        not good at all
        could be better
        couldn't be worse
        never again
        not worth the money
        not the best
        would not recommend
        not without problems
        didn't work
        doesn't fit
        isn't cheap
        not cheap
        hardly useful
        barely works
        far from perfect
        anything but helpful
        I don't like it
        waste of time
        too expensive
        too slow
        did not arrive
        never arrived
        still waiting for my refund
        lost my bag
        no one answers
        nobody helped
        rude staff
        lack of communication
        fails to deliver
        what a joke
        ripped off
        my order was cancelled
        Thanks for nothing
        not happy
        unhappy
        least helpful staff ever
        no refund
        no wifi
    """,
    "zh": """
        不太好
        不怎么样
        问题很多
        不好吃
        没送到
        还没收到
        再也不来了
        再也不会买了
        不会再来
        不推荐
        性价比不高
        太贵了
        不便宜
        客服不理人
        客服态度差
        態度很差
        質量不好
        送貨太慢
        包裝破損
        不滿意
        非常失望
        并不好用
        不是很满意
        不是特别好
        谈不上好
        说不上好
        难吃死了
        好慢
        差评
        给差评
        少送了一份
        漏送
        送错了
        餐具没给
        没有餐具
        凉了
        坏了
        退款很慢
        拒绝退款
        不给退款
        假货
        不是正品
        卡顿
        不流畅
        失望透顶
        不如想象中好
        没有想象中好
        没有描述的那么好
        不值这个价
        等了两个小时
        态度冷淡
        恶心
    """,
}
GOOD = {
    "ru": """
        ничего плохого не скажу
        жаловаться не на что
        без проблем
        проблем с доставкой не было
        неплохо
        никаких нареканий
        нареканий нет
        Всем советую
        Лучше не бывает
        превзошло ожидания
        цена не кусается
        недорого
        не дорого
        ни разу не подвели
        деньги вернули быстро
        Курьер приехал вовремя
        не опоздал ни на минуту
        не сломался за год
        Спасибо!
        претензий не имею
        без нареканий
        не пожалела о покупке
        рад, что не ошибся
        не обманули
        не единого нарекания
        Ни одной проблемы
    """,
    "en": """
        not bad at all
        not bad
        can't complain
        no complaints
        nothing to complain about
        couldn't be better
        couldn't be happier
        never had a problem
        never disappoints
        worth every penny
        could not recommend more
        can't recommend enough
        no issues
        without any problems
        works great
        not expensive
        arrived on time
        refund was quick
        the staff was not rude
        didn't fail to impress
        love it
        thank you
    """,
    "zh": """
        没有什么不满
        没什么不满意的
        没有不满
        不错
        好得没话说
        无可挑剔
        挑不出毛病
        没毛病
        没有问题
        没问题
        下次还来
        推荐
        性价比高
        不贵
        便宜
        質量很好
        送貨很快
        服務態度非常好
        很滿意
        沒有失望
        没有失望
        味道不差
        好快
        好评
        正品
        不卡顿
        很流畅
        毫无瑕疵
        比想象中好
        物超所值
    """,
}
NOT_BAD = {
    "ru": """
        не могу сказать, что плохо
        не так уж и плохо
        дёшево и сердито
    """,
    "en": """
        I can't say it was bad
        I don't hate it
        it wasn't terrible
        overpriced but good
    """,
    "zh": """
        不是不好
        不难吃
        不能说不好
        不凉
        没坏
    """,
}
NOT_GOOD = {
    "ru": """
        Не могу сказать, что хорошо
        Ничего особенного
    """,
    "en": """
        I can't say it was good
        nothing special
        good but overpriced
    """,
    "zh": """
        一般般
    """,
}


def _tones(lines):
    """Return each remark with its tone."""
    return {
        remark: tone for language, text in lines.items() for remark, tone in _of(text, language)
    }


def _of(text, language):
    remarks = [line.strip() for line in text.splitlines() if line.strip()]
    return zip(remarks, sentence_tones(remarks, language), strict=True)


def test_praise_is_heard():
    assert [r for r, tone in _tones(GOOD).items() if not tone > 0] == []


def test_a_complaint_is_heard():
    assert [r for r, tone in _tones(BAD).items() if not tone < 0] == []


def test_a_denied_complaint_is_no_complaint():
    assert [r for r, tone in _tones(NOT_BAD).items() if not tone >= 0] == []


def test_denied_praise_is_no_praise():
    assert [r for r, tone in _tones(NOT_GOOD).items() if not tone <= 0] == []
