"""Names of people from several places. Family and given names of one place go together."""

# ruff: noqa: RUF001  names are written as their people write them

NAMES = (
    (
        "Amelia Callum Charlotte Ewan Fiona Graham Harriet Isla Jonathan Morag Nigel Rosalind",
        "Ashworth Barlow Cavendish Drummond Fairweather Hartley Kershaw Macleod O'Brien Pemberton",
    ),
    (
        "Adaeze Chiamaka Emeka Folasade Ifeoma Kelechi Ngozi Obinna Temitope Tunde Yetunde",
        "Abiola Adeyemi Balogun Chukwu Eze Nwosu Ogunleye Okafor Okonkwo Uzoma",
    ),
    (
        "Aarav Ananya Deepika Farhan Ishaan Kavya Lakshmi Meera Nikhil Priya Rohan Sanjay",
        "Banerjee Chatterjee Desai Iyer Kulkarni Menon Nair Patel Raghavan Subramanian",
    ),
    (
        "Bao Chunhua Fang Guowei Haoran Jiayi Lihua Meilin Ruoxi Shuyi Wenjing Zihan",
        "Chen Deng Gao He Liang Ouyang Tang Wu Xu Zhao",
    ),
    (
        "Alejandra Beatriz Carlos Gonzalo Inés José Lucía María Nicolás Rocío Sofía Tomás",
        "Aguilar Castañeda Domínguez Echeverría Fernández Ibáñez López Muñoz Núñez Salazar",
    ),
    (
        "Aylin Burak Cem Defne Emre Gülşen İpek Kerem Nazlı Ömer Şule Yiğit",
        "Aksoy Çelik Demir Erdoğmuş Güneş Kılıç Öztürk Şahin Toprak Yıldız",
    ),
    (
        "Agnieszka Celina Grzegorz Jadwiga Kazimierz Łucja Małgorzata Paweł Stanisław Zofia",
        "Dąbrowska Głowacki Jabłońska Kowalczyk Lis Nowak Piątek Sikora Wójcik Zając",
    ),
    (
        "Ahmad Amal Dina Hassan Khalid Layla Mariam Nour Omar Rania Salma Youssef",
        "Abbas al-Masri Darwish El-Sayed Haddad Khoury Mansour Nasser Saleh Zidan",
    ),
    (
        "Anders Astrid Birgitta Einar Freja Gunnar Håkon Ingrid Jørgen Maja Sigrid Søren",
        "Ågren Bjørnstad Dahl Ekström Halvorsen Lindqvist Nygård Østergaard Sørensen Winther",
    ),
    (
        "Ayumi Daichi Haruka Hiroshi Kaori Kenji Mio Naoki Ryōta Sakura Takumi Yūko",
        "Fujimoto Hayashi Inoue Kobayashi Matsuda Nakamura Ōta Shimizu Tanaka Yamashita",
    ),
    (
        "Aroha Hemi Ihaia Kahu Mere Ngaio Rangi Rawiri Tāne Tui Wiremu Whetu",
        "Hēnare Kingi Mahuta Ngata Parata Rangihau Tamihana Te-Kanawa Waititi Whaanga",
    ),
    (
        "Andile Bongani Lerato Lwazi Mpho Naledi Nomvula Sipho Thandiwe Themba Zanele Zodwa",
        "Buthelezi Dlamini Khumalo Mabaso Mokoena Ndlovu Radebe Sithole Tshabalala Zulu",
    ),
)
"""For each place its given names and its family names."""

LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "ı": "i", "ß": "ss", "đ": "d", "æ": "ae", "'": "", " ": "-"}
)
"""What becomes, in an address, of letters that are no base letter with a mark."""
